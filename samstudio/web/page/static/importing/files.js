// The files of a drop, a choice or a paste, each with its path below what was given: folders are walked
// to their ends, and what cannot be read is named.

/** @import { Arrival } from "../../canvas/js/types.d.ts" */

/** What operating systems leave behind; the server leaves it out too. */
const SYSTEM = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/**
 * What a drop holds: its files, sentences on what could not be read, and whether a folder was among them.
 * @typedef {{ arrivals: Arrival[], unread: string[], folders: boolean }} Dropped
 */

/**
 * @param {DataTransfer} transfer
 * @returns {Promise<Dropped>}
 */
export async function filesOfDrop(transfer) {
  // The items are there only until the event is over: all are asked first.
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const given = items.map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  /** @type {Dropped} */
  const dropped = { arrivals: [], unread: [], folders: false };
  for (const { entry, file } of given) {
    if (entry?.isDirectory) dropped.folders = true;
    if (entry) await walk(entry, dropped);
    else if (file) dropped.arrivals.push({ file, path: file.name });
  }
  return dropped;
}

/**
 * @param {FileList | null} list
 * @returns {Arrival[]}
 */
export function filesOfChoice(list) {
  const arrivals = [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  return arrivals.filter(({ path }) => !path.split("/").some((part) => SYSTEM.test(part)));
}

/**
 * The files of a paste, which browsers all call alike, named by the moment.
 * @param {DataTransfer} transfer
 * @returns {File[]}
 */
export function filesOfPaste(transfer) {
  const at = new Date();
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const stamp = `${day}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  return [...transfer.files].map((file, index) => {
    if (!/^image\.\w+$/.test(file.name)) return file;
    const name = `pasted-${stamp}${index ? `-${index + 1}` : ""}.${file.name.split(".").at(-1)}`;
    return new File([file], name, { type: file.type });
  });
}

/**
 * @param {FileSystemEntry} entry
 * @param {Dropped} dropped
 */
async function walk(entry, dropped) {
  if (SYSTEM.test(entry.name)) return;
  const path = entry.fullPath.replace(/^\//, "");
  try {
    if (isFolder(entry)) for (const one of await inside(entry)) await walk(one, dropped);
    else if (isFile(entry)) dropped.arrivals.push({ file: await fileOf(entry), path });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    dropped.unread.push(`“${path}” could not be read here: ${why}`);
  }
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemDirectoryEntry}
 */
function isFolder(entry) {
  return entry.isDirectory;
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemFileEntry}
 */
function isFile(entry) {
  return entry.isFile;
}

/** @param {FileSystemFileEntry} entry */
function fileOf(entry) {
  return new Promise((/** @type {(file: File) => void} */ resolve, reject) => entry.file(resolve, reject));
}

/**
 * A browser gives a folder's entries a hundred at a time, until it gives none.
 * @param {FileSystemDirectoryEntry} folder
 */
async function inside(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const found = [];
  for (;;) {
    const some = await new Promise((/** @type {(some: FileSystemEntry[]) => void} */ resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...some);
  }
}
