// What is handed to Lua for attempts to get at more than that. Whoever runs code that was not handed over runs into an error.
(() => {
  class Thing {
    own = 1;
    #hidden = 2;
    method() { return this.#hidden; }
    get accessor() { throw new Error("the getter of a prototype was called"); }
    set accessor(value) { throw new Error("the setter of a prototype was called"); }
    static make() { return "static"; }
  }
  class Sly extends Map {
    get() { throw new Error("a method of a class was called"); }
    set() { throw new Error("a method of a class was called"); }
    keys() { throw new Error("a method of a class was called"); }
    get [Symbol.toStringTag]() { throw new Error("the getter of a prototype was called"); }
    static get [Symbol.species]() { throw new Error("the getter of a class was called"); }
  }
  return {
    object: { a: 1 },
    array: [1, 2, 3],
    map: new Map([["k", 1]]),
    sly: new Sly(),
    set: new Set(["k"]),
    typed: new Float64Array(2),
    buffer: new ArrayBuffer(2),
    thing: new Thing(),
    date: new Date(0),
    error: new Error("m"),
    regexp: /x/g,
    promise: Promise.resolve(1),
    fn: (x) => x,
    bound: function () { "use strict"; return this; },
    klass: Thing,
    bare: Object.create(null),
    inherits: Object.create({ inherited: "secret", set trap(value) { throw new Error("an inherited setter was called"); } }),
    symbol: { [Symbol.iterator]: "secret", [Symbol.toPrimitive]: "secret" },
    proxy: new Proxy({ a: 1 }, {}),
    weak: new WeakMap(),
    frozen: Object.freeze({ a: 1 }),
    generator: (function* () { yield 1; })(),
    boxed: new String("abc"),
    pretender: Object.create(Float64Array.prototype),
  };
})()
