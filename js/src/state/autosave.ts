/**
 * Saves now and then, and when a page is hidden or left: as a best effort, for a browser may end the page before the save has ended. That
 * leaves the state of before.
 */
export interface AutosaveOptions {
  /** Milliseconds between two saves. */
  everyMs: number;
  /**
   * Called with the error of a save that failed; by default it is written to the console. The next save includes what this one could not.
   */
  onError?: (error: unknown) => void;
}

/** What there is of a page, in a browser. */
interface Page {
  readonly visibilityState: string;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

export class Autosave {
  private readonly save: () => Promise<void>;
  private readonly onError: (error: unknown) => void;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly page = (globalThis as { document?: Page }).document;
  private isSaving = false;

  constructor(save: () => Promise<void>, { everyMs, onError }: AutosaveOptions) {
    this.save = save;
    this.onError = onError ?? ((error) => console.error("Cu could not save:", error));
    this.timer = setInterval(this.saveNow, everyMs);
    // In Node a timer would keep the process alive.
    (this.timer as { unref?(): void }).unref?.();
    this.page?.addEventListener("visibilitychange", this.saveIfHidden);
    if (this.page !== undefined) addEventListener("pagehide", this.saveNow);
  }

  stop(): void {
    clearInterval(this.timer);
    this.page?.removeEventListener("visibilitychange", this.saveIfHidden);
    if (this.page !== undefined) removeEventListener("pagehide", this.saveNow);
  }

  private readonly saveIfHidden = (): void => {
    if (this.page?.visibilityState === "hidden") this.saveNow();
  };

  private readonly saveNow = (): void => {
    if (this.isSaving) return;
    this.isSaving = true;
    this.save().catch(this.onError).finally(() => { this.isSaving = false; });
  };
}
