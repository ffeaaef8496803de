// What the service sends of a built file to a browser that takes it compressed: made once, as small as it gets, and served as it is.

import { brotliCompressSync, brotliDecompressSync, gunzipSync } from "node:zlib";

/** Each form, by the end of its name. */
export async function compressed(bytes) {
  // When it is there already, an error of the build prints all of its source.
  const { default: zopfli } = await import("@gfx/zopfli");
  return { ".br": brotliCompressSync(bytes), ".gz": Buffer.from(await zopfli.gzipAsync(bytes, { numiterations: 50 })) };
}

/** What a file says, whichever form it has: another version of a compressor may say the same in other bytes. */
export function content(name, bytes) {
  if (name.endsWith(".br")) return brotliDecompressSync(bytes);
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}
