/**
 * Members of classes that Lua may use: nothing inherited is visible but what the option `expose` names. A method or getter runs only on an
 * object of its class.
 */

/** A class and the names of methods and getters of its prototype. */
export type Exposure = readonly [type: abstract new (...args: never[]) => object, names: readonly string[]];

export type ExposedMember =
  | { readonly method: (self: unknown, ...args: unknown[]) => unknown }
  | { readonly getter: () => unknown };

const DATE_MEMBERS = [
  "getTime", "getTimezoneOffset", "toISOString", "toJSON", "valueOf",
  "getDate", "getDay", "getFullYear", "getHours", "getMilliseconds", "getMinutes", "getMonth", "getSeconds",
  "getUTCDate", "getUTCDay", "getUTCFullYear", "getUTCHours", "getUTCMilliseconds", "getUTCMinutes", "getUTCMonth", "getUTCSeconds",
];

export class Exposures {
  private readonly byPrototype = new Map<object, Map<string, ExposedMember>>();
  private readonly resolved = new WeakMap<object, Map<string, ExposedMember>[]>();

  constructor(exposures: readonly Exposure[]) {
    this.add(Date, DATE_MEMBERS);
    for (const [type, names] of exposures) this.add(type, names);
  }

  /** Whether an object's class, or one that it extends, has anything exposed. */
  concerns(object: object): boolean {
    return this.classesOf(object).length > 0;
  }

  memberOf(object: object, name: string): ExposedMember | undefined {
    for (const members of this.classesOf(object)) {
      const member = members.get(name);
      if (member !== undefined) return member;
    }
    return undefined;
  }

  private classesOf(object: object): Map<string, ExposedMember>[] {
    const prototype = Object.getPrototypeOf(object) as object | null;
    if (prototype === null) return [];
    let classes = this.resolved.get(prototype);
    if (classes === undefined) {
      classes = [];
      for (let step: object | null = prototype; step !== null; step = Object.getPrototypeOf(step) as object | null) {
        const members = this.byPrototype.get(step);
        if (members !== undefined) classes.push(members);
      }
      this.resolved.set(prototype, classes);
    }
    return classes;
  }

  private add(type: Exposure[0], names: readonly string[]): void {
    if (typeof type !== "function" || typeof type.prototype !== "object" || type.prototype === null || !Array.isArray(names)) {
      throw new TypeError("expose must be a list of [class, [names]]");
    }
    const prototype = type.prototype as object;
    const members = this.byPrototype.get(prototype) ?? new Map<string, ExposedMember>();
    for (const name of names) members.set(name, memberNamed(type, prototype, name));
    this.byPrototype.set(prototype, members);
  }
}

/** Looked up once, so that a class changed later exposes nothing more. */
function memberNamed(type: Exposure[0], prototype: object, name: string): ExposedMember {
  let descriptor: PropertyDescriptor | undefined;
  for (let step: object | null = prototype; step !== null; step = Object.getPrototypeOf(step) as object | null) {
    descriptor ??= Object.getOwnPropertyDescriptor(step, name);
  }
  if (descriptor?.get !== undefined) return { getter: descriptor.get };
  if (typeof descriptor?.value !== "function") throw new TypeError(`expose: ${type.name} has no method or getter "${String(name)}"`);
  const method = descriptor.value as (...args: unknown[]) => unknown;
  return {
    method: (self, ...args) => {
      // The check is on the prototype chain as it is now: the method must not run on an object that only looks alike.
      if (typeof self !== "object" || self === null || !Object.prototype.isPrototypeOf.call(prototype, self)) {
        throw new TypeError(`${type.name}.${name} needs an object of class ${type.name} (call it with a colon)`);
      }
      return Reflect.apply(method, self, args);
    },
  };
}
