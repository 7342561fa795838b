/**
 * The bytes of `view` in a buffer of their own. Electron sends the whole buffer under a view, so a view into a
 * larger one would carry bytes that nobody asked for.
 */
export function compact(view: ArrayBufferView): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = view;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
  const own = new ArrayBuffer(byteLength);
  new Uint8Array(own).set(new Uint8Array(buffer, byteOffset, byteLength));
  return own;
}
