// What a person can do on the canvas: actions by subject, wired with what saves them. No DOM here.

import { Accepting } from "./accepting.js";
import { OutboxHandler } from "../sync/outbox_handler.js";
import { Batching } from "./batching.js";
import { Categories } from "./categories.js";
import { Conflicts } from "../sync/conflicts.js";
import { Core } from "./core.js";
import { Copying } from "./copying.js";
import { Correcting } from "./correcting.js";
import { Finishing } from "./finishing.js";
import { Images } from "./images.js";
import { Marking } from "./marking.js";
import { MarksOutbox } from "../sync/marks_outbox.js";
import { DraftStorage } from "../sync/draft_storage.js";
import { ObjectStore } from "../sync/object_store.js";
import { Objects } from "./objects.js";
import { Outlining } from "./outlining.js";
import { Outbox } from "../sync/outbox.js";
import { Polygons } from "./polygons.js";
import { PixelReader } from "../model/pixels/reader.js";
import { Preferences } from "./preferences.js";
import { Previewing } from "./previewing.js";
import { Prompting } from "./prompting.js";
import { Reviewing } from "./reviewing.js";
import { Saving } from "./saving.js";
import { Selecting } from "./selecting.js";
import { Wand } from "./wand.js";
import { RemoteChanges } from "../sync/remote_changes.js";
import { keepPlaces } from "../sync/place_storage.js";

/** @import { Bindings } from "../commands/bindings.js" */
/** @import { BrowserStorage } from "../sync/browser_storage.js" */
/** @import { History, Store } from "../model/state.js" */
/** @import { Query } from "../types.d.ts" */
/** @import { Transport } from "../sync/transport.js" */

export class Session {
  /** @param {{ store: Store, transport: Transport, storage: BrowserStorage, bindings: Bindings }} parts */
  constructor({ store, transport, storage, bindings }) {
    this.core = new Core({ store, transport, bindings });
    this.preferences = new Preferences(this.core);
    this.categories = new Categories(this.core);
    this.conflicts = new Conflicts(this.core);
    this.draftStorage = new DraftStorage(this.core, storage);
    this.images = new Images(this.core, this.draftStorage);
    this.outbox = new Outbox(this.core, storage, this.images);
    this.objectStore = new ObjectStore(this.core, this);
    this.marksOutbox = new MarksOutbox(this.core, storage, this);
    this.marking = new Marking(this.core, this);
    this.finishing = new Finishing(this.core, this);
    this.accepting = new Accepting(this.core, this);
    this.outboxHandler = new OutboxHandler(this.core, this);
    this.selecting = new Selecting(this.core);
    this.objects = new Objects(this.core, this.objectStore);
    this.copying = new Copying(this.core, this);
    this.saving = new Saving(this.core, this);
    this.reviewing = new Reviewing(this.core, this);
    this.prompting = new Prompting(this.core);
    this.batching = new Batching(this.core);
    this.previewing = new Previewing(this.core);
    this.correcting = new Correcting(this.core);
    this.outlining = new Outlining(this.core, this.correcting);
    const reader = new PixelReader();
    this.wand = new Wand(this.core, this.correcting, reader);
    this.polygons = new Polygons(this.core, this.correcting, reader);
    this.remoteChanges = new RemoteChanges(this.core, this);
    // What an image was left with unanswered is asked when it is open again.
    this.core.store.on(["opened"], ({ opened }) => opened && this.prompting.resume());
  }

  /**
   * `query`: which images to list; they may have been listed before this page was loaded again.
   * @param {Query} [query]
   */
  async start(query = {}) {
    this.images.list(query);
    keepPlaces(this.core.store);
    await this.images.refresh(this.preferences.last);
    await this.outbox.load();
    await this.marksOutbox.load();
  }

  undo() {
    return this.inTime((history) => history.undo());
  }

  redo() {
    return this.inTime((history) => history.redo());
  }

  /**
   * A key pressed on one image does nothing to the next, however long the queue before it is.
   * @param {(history: History) => Promise<boolean>} go
   */
  inTime(go) {
    const { image } = this.core.store.values;
    return this.core.inTurn(async () => {
      if (!image || !this.core.isOpen(image)) return;
      await go(this.core.history);
      this.prompting.resume();
    });
  }

  /** Resolves when everything asked so far is done, and kept. */
  get idle() {
    return Promise.all([this.core.queue, this.polygons.queue]).then(() => Promise.all([this.draftStorage.settled(), this.marksOutbox.written]));
  }
}
