/** A worker whose script fails. */
throw new Error("broken script");
