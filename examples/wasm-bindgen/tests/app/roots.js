// What the prototypes and globals that a program shares consist of, as text.
() => [Object, Array, Function, Map, Set, Date, Error, Promise]
  .flatMap((type) => [type, type.prototype])
  .concat(globalThis)
  .map((object) => Reflect.ownKeys(object).map((name) => String(name) + typeof Object.getOwnPropertyDescriptor(object, name).value).join())
  .join("\n")
