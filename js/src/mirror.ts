/**
 * Circles through both heaps by way of objects under `_io` (docs/ABI.md §7). An object that only functions which JavaScript holds can get
 * at is not held for Lua: its handle is *weak*. What holds it instead is an image of that part of Lua's heap, in which the function (its
 * wrapper) leads to the object as Lua's function leads to the proxy. So JavaScript's collector sees the circle, and collects it whole.
 *
 * The image is right as long as nothing of that part of Lua's heap is used. To use it, Lua code has to get one of those functions or
 * objects from JavaScript. Before it does, all that this one leads to is held again (`Handles.strengthen`).
 */
import type { Cursor } from "./cursors.js";
import type { Functions } from "./functions.js";
import type { Handles } from "./handles.js";

/** A table, function or other object of Lua, and what it leads to. */
export class Image {
  links: Image[] = [];
  /** Of a proxy whose handle is weak: the object, which leads to the image as well, and what was known of the handle. */
  object: object | undefined;
  handle = 0;
  kind = 0;
  suspended: Cursor[] | undefined;
}

export class Mirror {
  private readonly handles: Handles;
  private readonly functions: Functions;
  /** From what to what, in pairs: numbers of the module for objects of Lua, below zero those of references and handles. */
  private links: Int32Array[] = [];

  constructor(handles: Handles, functions: Functions) {
    this.handles = handles;
    this.functions = functions;
  }

  /** The module begins anew. */
  begin(): void {
    this.links = [];
  }

  add(links: Int32Array): void {
    this.links.push(links);
  }

  /** That was all: what was known before is of no use any more. */
  finish(): void {
    const { handles, functions } = this;
    const images = new Map<number, Image>();
    const imageOf = (number: number): Image => {
      let image = images.get(number);
      if (image === undefined) images.set(number, (image = new Image()));
      return image;
    };
    const weak = new Set<number>();
    this.eachLink((from, to) => {
      if (to >= 0) return;
      handles.weaken(-to, imageOf(from));
      weak.add(-to);
    });
    handles.strengthenAllBut(weak);
    if (handles.hasWeak) this.eachLink((from, to) => { if (to >= 0) imageOf(from).links.push(imageOf(to)); });
    this.links = [];
    functions.show(images);
  }

  private eachLink(visit: (from: number, to: number) => void): void {
    for (const links of this.links) for (let i = 0; i < links.length; i += 2) visit(links[i]!, links[i + 1]!);
  }
}
