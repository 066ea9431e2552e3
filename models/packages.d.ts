/**
 * Packages that a model brings itself (its own package.json) and the repository does not have: untyped for the type check here.
 * Inside a model's folder `npm ci` and an editor give the real types.
 */
declare module "@huggingface/transformers";
declare module "@tensorflow/tfjs-backend-wasm";
declare module "@tensorflow/tfjs-converter";
declare module "@tensorflow/tfjs-core";
declare module "@tensorflow/tfjs-layers";
declare module "onnxruntime-node";
declare module "sharp";
declare module "tesseract.js";
declare module "@shiguredo/rnnoise-wasm";
declare module "phonemizer";
declare module "node-llama-cpp";
declare module "@huggingface/tokenizers";
