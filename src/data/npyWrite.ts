/** The beginning of an array of float32 in NumPy's NPY format (numpy.lib.format, version 1.0). */

/** Values follow from a multiple of this. */
const ALIGNMENT = 64;
/** Magic, version and the header's length. */
const START_BYTES = 10;

/** What stands before the values, which follow in little-endian, the last dimension fastest. */
export function npyHeader(shape: readonly number[]): Buffer {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const length = Math.ceil((START_BYTES + text.length + 1) / ALIGNMENT) * ALIGNMENT - START_BYTES;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 0, 0]);
  start.writeUInt16LE(length, START_BYTES - 2);
  return Buffer.concat([start, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
}
