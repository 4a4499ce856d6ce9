// Numbers in rows. An array is flat, row after row; a block is some columns of one: where it starts, and how far its rows
// lie apart. The products add to what is there, so that a bias, or the sum over time, needs no array of its own.

/** @typedef {Float32Array | Float64Array} Floats */
/** @typedef {{data: Floats, stride: number, start: number}} Block */

/**
 * Some columns of an array whose rows are `stride` long.
 * @param {Floats} data
 * @param {number} stride
 * @param {number} [start]
 * @returns {Block}
 */
export const block = (data, stride, start = 0) => ({ data, stride, start });

/**
 * An array of zeros: of 64 bits if one of the others is, as NumPy does it.
 * @param {number} length
 * @param {...Floats} others
 * @returns {Floats}
 */
export function zeros(length, ...others) {
  return others.some((other) => other instanceof Float64Array) ? new Float64Array(length) : new Float32Array(length);
}

/**
 * out += a b, with `rows` × `columns` sums of `inner` products. Four rows of b at a time: out is read and written less.
 * @param {Block} out
 * @param {Block} a
 * @param {Block} b
 * @param {number} rows
 * @param {number} inner
 * @param {number} columns
 */
export function addProduct(out, a, b, rows, inner, columns) {
  const [o, p, q] = [out.data, a.data, b.data];
  for (let row = 0; row < rows; row++) {
    const at = out.start + row * out.stride;
    const from = a.start + row * a.stride;
    let k = 0;
    for (; k + 3 < inner; k += 4) {
      const [p0, p1, p2, p3] = [p[from + k], p[from + k + 1], p[from + k + 2], p[from + k + 3]];
      const q0 = b.start + k * b.stride;
      const [q1, q2, q3] = [q0 + b.stride, q0 + 2 * b.stride, q0 + 3 * b.stride];
      for (let j = 0; j < columns; j++) o[at + j] += p0 * q[q0 + j] + p1 * q[q1 + j] + p2 * q[q2 + j] + p3 * q[q3 + j];
    }
    for (; k < inner; k++) {
      const [p0, q0] = [p[from + k], b.start + k * b.stride];
      for (let j = 0; j < columns; j++) o[at + j] += p0 * q[q0 + j];
    }
  }
}

/**
 * out += a bᵀ, with `rows` × `columns` sums of `inner` products: what a derivative does on its way back through b.
 * @param {Block} out
 * @param {Block} a
 * @param {Block} b
 * @param {number} rows
 * @param {number} inner
 * @param {number} columns
 */
export function addProductTransposed(out, a, b, rows, inner, columns) {
  const [o, p, q] = [out.data, a.data, b.data];
  for (let row = 0; row < rows; row++) {
    const at = out.start + row * out.stride;
    const from = a.start + row * a.stride;
    let j = 0;
    for (; j + 3 < columns; j += 4) {
      const q0 = b.start + j * b.stride;
      const [q1, q2, q3] = [q0 + b.stride, q0 + 2 * b.stride, q0 + 3 * b.stride];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0; k < inner; k++) {
        const p0 = p[from + k];
        s0 += p0 * q[q0 + k];
        s1 += p0 * q[q1 + k];
        s2 += p0 * q[q2 + k];
        s3 += p0 * q[q3 + k];
      }
      o[at + j] += s0;
      o[at + j + 1] += s1;
      o[at + j + 2] += s2;
      o[at + j + 3] += s3;
    }
    for (; j < columns; j++) {
      const q0 = b.start + j * b.stride;
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += p[from + k] * q[q0 + k];
      o[at + j] += sum;
    }
  }
}

/**
 * out += aᵀ b, with `rows` × `columns` sums over the `inner` rows of both: what a batch has to say about a weight.
 * @param {Block} out
 * @param {Block} a
 * @param {Block} b
 * @param {number} rows
 * @param {number} inner
 * @param {number} columns
 */
export function addTransposedProduct(out, a, b, rows, inner, columns) {
  const [o, p, q] = [out.data, a.data, b.data];
  for (let row = 0; row < rows; row++) {
    const at = out.start + row * out.stride;
    let k = 0;
    for (; k + 3 < inner; k += 4) {
      const from = a.start + k * a.stride + row;
      const [p0, p1, p2, p3] = [p[from], p[from + a.stride], p[from + 2 * a.stride], p[from + 3 * a.stride]];
      const q0 = b.start + k * b.stride;
      const [q1, q2, q3] = [q0 + b.stride, q0 + 2 * b.stride, q0 + 3 * b.stride];
      for (let j = 0; j < columns; j++) o[at + j] += p0 * q[q0 + j] + p1 * q[q1 + j] + p2 * q[q2 + j] + p3 * q[q3 + j];
    }
    for (; k < inner; k++) {
      const [p0, q0] = [p[a.start + k * a.stride + row], b.start + k * b.stride];
      for (let j = 0; j < columns; j++) o[at + j] += p0 * q[q0 + j];
    }
  }
}

/**
 * Add the sum of a block's rows to a part of an array: what a batch has to say about a bias.
 * @param {Floats} out
 * @param {number} at
 * @param {Block} a
 * @param {number} rows
 * @param {number} columns
 */
export function addRows(out, at, a, rows, columns) {
  for (let row = 0; row < rows; row++) {
    const from = a.start + row * a.stride;
    for (let j = 0; j < columns; j++) out[at + j] += a.data[from + j];
  }
}

/**
 * Write a row into every row of a block.
 * @param {Block} out
 * @param {Floats} row
 * @param {number} from
 * @param {number} rows
 * @param {number} columns
 */
export function setRows(out, row, from, rows, columns) {
  for (let r = 0; r < rows; r++) {
    const at = out.start + r * out.stride;
    for (let j = 0; j < columns; j++) out.data[at + j] = row[from + j];
  }
}
