// Asks for one key: the next that is pressed in the dialog, unless it is Escape.

import { namesOf } from "../commands/keys.js";

export class KeyRecorder {
  /** @type {((name: string | null) => void) | null} */
  #answer = null;

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    dialog.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    // Escape ends the question, and leaves the dialog open.
    dialog.addEventListener("cancel", (event) => this.isAsking && event.preventDefault());
    dialog.addEventListener("pointerdown", () => this.#end(null), { capture: true });
    dialog.addEventListener("close", () => this.#end(null));
  }

  get isAsking() {
    return this.#answer !== null;
  }

  /**
   * Resolves to the name of the key, or to null where a person chose none.
   * @returns {Promise<string | null>}
   */
  ask() {
    this.#end(null);
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.isAsking) return;
    const [name] = namesOf(event);
    if (name === undefined) return; // a modifier: the key is still to come
    event.preventDefault();
    event.stopPropagation();
    // After this event, so that its Escape does not close the dialog.
    setTimeout(() => this.#end(name === "Escape" ? null : name));
  }

  /** @param {string | null} name */
  #end(name) {
    const answer = this.#answer;
    this.#answer = null;
    answer?.(name);
  }
}
