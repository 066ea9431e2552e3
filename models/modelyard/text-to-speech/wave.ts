/** Mono sound, -1 to 1, as a WAV file with 16 bits a sample. */
export function waveFile(parts: readonly Float32Array[], sampleRate: number): Buffer {
  const samples = parts.reduce((sum, part) => sum + part.length, 0);
  const file = Buffer.alloc(44 + samples * 2);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8, "latin1");
  // Length of this header, PCM, one channel, samples and bytes a second, bytes and bits a sample.
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(samples * 2, 40);
  let at = 44;
  for (const part of parts) {
    for (const value of part) at = file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), at);
  }
  return file;
}
