/** A worker that ends without a word. */
