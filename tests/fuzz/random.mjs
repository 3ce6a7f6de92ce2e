// Random choices that a seed decides: the same on every machine.

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
    // Neighbouring seeds must not begin alike.
    for (let i = 0; i < 4; i++) this.bits();
  }

  /** 32 bits (mulberry32). */
  bits() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  }

  below(n) {
    return this.bits() % n;
  }

  between(low, high) {
    return low + this.below(high - low + 1);
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** Calls one of the functions of a list of [weight, function]. */
  choose(weighted) {
    const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.below(total);
    for (const [weight, make] of weighted) {
      if (at < weight) return make();
      at -= weight;
    }
    throw new Error("unreachable: the weights were summed");
  }
}
