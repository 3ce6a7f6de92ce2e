// A cache that drops what was used least recently: string keys, records in a doubly linked list.
(n) => {
  const CAPACITY = 1000;
  class Cache {
    map = new Map();
    size = 0;
    head = {};
    tail = {};
    constructor() {
      this.head.next = this.tail;
      this.tail.prev = this.head;
    }
    unlink(node) {
      node.prev.next = node.next;
      node.next.prev = node.prev;
    }
    push(node) {
      const first = this.head.next;
      node.prev = this.head;
      node.next = first;
      this.head.next = first.prev = node;
    }
    get(key) {
      const node = this.map.get(key);
      if (node === undefined) return undefined;
      this.unlink(node);
      this.push(node);
      return node.value;
    }
    put(key, value) {
      const node = { key, value };
      this.map.set(key, node);
      this.push(node);
      if (this.size < CAPACITY) {
        this.size++;
      } else {
        const last = this.tail.prev;
        this.unlink(last);
        this.map.delete(last.key);
      }
    }
  }
  const cache = new Cache();
  let seed = 42, hits = 0, sum = 0;
  for (let i = 1; i <= n; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    const key = "key" + seed % (i % 3 === 0 ? 4000 : 800);
    const value = cache.get(key);
    if (value === undefined) {
      cache.put(key, i);
    } else {
      hits++;
      sum = (sum + value) % 1000003;
    }
  }
  return hits + " " + sum;
}
