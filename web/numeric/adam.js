// The optimizer Adam as Keras writes it, epsilon beside the root of the uncorrected mean of squares.

/** @typedef {import("./arrays.js").Floats} Floats */

/** Changes weights by their gradients, a step at a time. */
export class Adam {
  /**
   * @param {Floats[]} weights  which each step changes in place
   * @param {{learningRate?: number, beta1?: number, beta2?: number, epsilon?: number}} [options]  Keras's by default
   */
  constructor(weights, { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = {}) {
    this.weights = weights;
    this.learningRate = learningRate;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.iterations = 0;
    /** Running means of the gradients and of their squares. */
    this.momentums = weights.map((weight) => weight.slice().fill(0));
    this.velocities = weights.map((weight) => weight.slice().fill(0));
  }

  /** @param {Floats[]} gradients */
  step(gradients) {
    this.iterations += 1;
    const { beta1, beta2, epsilon, iterations } = this;
    const alpha = (this.learningRate * Math.sqrt(1 - beta2 ** iterations)) / (1 - beta1 ** iterations);
    for (let i = 0; i < this.weights.length; i++) {
      const [weight, gradient] = [this.weights[i], gradients[i]];
      const [momentum, velocity] = [this.momentums[i], this.velocities[i]];
      for (let k = 0; k < weight.length; k++) {
        const g = gradient[k];
        momentum[k] += (g - momentum[k]) * (1 - beta1);
        velocity[k] += (g * g - velocity[k]) * (1 - beta2);
        weight[k] -= (momentum[k] * alpha) / (Math.sqrt(velocity[k]) + epsilon);
      }
    }
  }
}
