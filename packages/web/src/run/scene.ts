/**
 * A 3D model (glTF 2.0) in a canvas. Nothing is fetched but the file itself: compressed geometry and textures (Draco, meshopt, KTX2) would need
 * decoders that are not here, and are refused. three.js by itself, because model-viewer writes style elements, which the page's policy forbids.
 */
import {
  Box3,
  DataTexture,
  DirectionalLight,
  EquirectangularReflectionMapping,
  type FileLoader,
  NeutralToneMapping,
  PerspectiveCamera,
  Scene,
  TextureLoader,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { type GLTF, GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

/** Radians that an arrow key turns. */
const TURN = Math.PI / 16;
const ZOOM = 1.15;

export interface SceneView {
  turn(horizontal: number, vertical: number): void;
  /** Nearer for 1, farther for -1. */
  zoom(step: number): void;
  /** Whether the wheel zooms; otherwise it scrolls the page. */
  takeWheel(on: boolean): void;
  reset(): void;
  close(): void;
}

/** The page's policy has no connections to blob: and data:, so what is inside the file does not go through `fetch`. */
async function load(url: string): Promise<GLTF> {
  const loader = new GLTFLoader();
  loader.register((parser) => {
    parser.textureLoader = new TextureLoader(parser.options.manager);
    const files = parser.fileLoader;
    const fetched = files.load.bind(files) as FileLoader["load"];
    files.load = ((address: string, onLoad: (data: ArrayBuffer) => void, ...rest: []) => {
      const data = /^data:[^,]*;base64,(.*)$/s.exec(address)?.[1];
      if (data === undefined) return fetched(address, onLoad as never, ...rest);
      onLoad(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)).buffer);
      return undefined;
    }) as FileLoader["load"];
    return { name: "modelyard-inside" };
  });
  return loader.loadAsync(url);
}

/** Light from all around, bright above and dim below: metal has something to mirror. Small, so that it is there at once without a GPU too. */
function sky(): DataTexture {
  const [width, height] = [128, 64];
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const up = y / (height - 1);
    const light = Math.round(up > 0.5 ? 140 + 115 * Math.sin((up - 0.5) * Math.PI) : 60 + 80 * (up / 0.5));
    for (let x = 0; x < width; x++) pixels.set([light, light, light, 255], (y * width + x) * 4);
  }
  const texture = new DataTexture(pixels, width, height);
  texture.mapping = EquirectangularReflectionMapping;
  texture.needsUpdate = true;
  return texture;
}

/** Throws where the file is none, or the browser has no WebGL. */
export async function showScene(canvas: HTMLCanvasElement, url: string): Promise<SceneView> {
  const gltf = await load(url);
  const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
  // Khronos' own, for colours as the file names them.
  renderer.toneMapping = NeutralToneMapping;
  renderer.setPixelRatio(Math.min(2, devicePixelRatio));
  const scene = new Scene();
  scene.environment = sky();
  const sun = new DirectionalLight(0xffffff, 0.8);
  sun.position.set(1, 2, 3);
  scene.add(gltf.scene, sun);

  // The whole thing fits, seen from above its front.
  const box = new Box3().setFromObject(gltf.scene);
  if (box.isEmpty()) throw new Error("there is nothing in it");
  const centre = box.getCenter(new Vector3());
  const radius = box.getSize(new Vector3()).length() / 2 || 1;
  const camera = new PerspectiveCamera(40, 1, radius / 100, radius * 100);
  const distance = radius / Math.sin((camera.fov / 2) * (Math.PI / 180));
  const controls = new OrbitControls(camera, canvas);
  controls.enableZoom = false;
  // A finger that moves up or down scrolls the page.
  canvas.style.touchAction = "pan-y";
  controls.target.copy(centre);
  controls.minDistance = radius / 10;
  controls.maxDistance = distance * 8;
  camera.position.copy(centre).add(new Vector3(0.6, 0.4, 1).normalize().multiplyScalar(distance));
  controls.update();
  controls.saveState();

  const draw = () => renderer.render(scene, camera);
  controls.addEventListener("change", draw);
  const resize = () => {
    const { clientWidth, clientHeight } = canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    camera.aspect = clientWidth / clientHeight;
    camera.updateProjectionMatrix();
    renderer.setSize(clientWidth, clientHeight, false);
    draw();
  };
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);
  resize();
  return {
    turn(horizontal, vertical) {
      controls.rotateLeft(horizontal * TURN);
      controls.rotateUp(vertical * TURN);
      controls.update();
    },
    zoom(step) {
      const way = camera.position.clone().sub(controls.target);
      const length = way.length() * ZOOM ** -step;
      way.setLength(Math.min(controls.maxDistance, Math.max(controls.minDistance, length)));
      camera.position.copy(controls.target).add(way);
      controls.update();
    },
    takeWheel(on) {
      controls.enableZoom = on;
    },
    reset: () => controls.reset(),
    close() {
      observer.disconnect();
      controls.dispose();
      renderer.dispose();
      // Browsers keep only a few of these at a time.
      renderer.forceContextLoss();
    },
  };
}
