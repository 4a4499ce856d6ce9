// The optimizer Adam as Keras writes it, epsilon beside the root of the uncorrected mean of squares.

/** @typedef {import("./arrays.js").Floats} Floats */

/**
 * Gradients that together are longer than `globalClipnorm` are shortened to it.
 * @typedef {{learningRate?: number, beta1?: number, beta2?: number, epsilon?: number, globalClipnorm?: number}} Options
 */

/** Changes weights by their gradients, a step at a time. */
export class Adam {
  /**
   * @param {Floats[]} weights  which each step changes in place
   * @param {Options} [options]  Keras's by default
   */
  constructor(weights, options = {}) {
    const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, globalClipnorm = Infinity } = options;
    this.weights = weights;
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.globalClipnorm = globalClipnorm;
    this.iterations = 0;
    /** Running means of the gradients and of their squares. */
    this.momentums = weights.map((weight) => weight.slice().fill(0));
    this.velocities = weights.map((weight) => weight.slice().fill(0));
  }

  /** @param {Floats[]} gradients */
  step(gradients) {
    this.iterations += 1;
    const { beta1, beta2, epsilon, iterations } = this;
    let squares = 0;
    for (const gradient of gradients) for (let k = 0; k < gradient.length; k++) squares += gradient[k] * gradient[k];
    const scale = Math.min(1, this.globalClipnorm / Math.sqrt(squares)) || 0;
    const alpha = (this.learningRate * Math.sqrt(1 - beta2 ** iterations)) / (1 - beta1 ** iterations);
    for (let i = 0; i < this.weights.length; i++) {
      const [weight, gradient] = [this.weights[i], gradients[i]];
      const [momentum, velocity] = [this.momentums[i], this.velocities[i]];
      for (let k = 0; k < weight.length; k++) {
        const g = scale * gradient[k];
        momentum[k] += (g - momentum[k]) * (1 - beta1);
        velocity[k] += (g * g - velocity[k]) * (1 - beta2);
        weight[k] -= (momentum[k] * alpha) / (Math.sqrt(velocity[k]) + epsilon);
      }
    }
  }
}
