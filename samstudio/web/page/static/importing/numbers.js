// Counts in sentences, written alike in every language that the page speaks.

const FORMAT = new Intl.NumberFormat("en");

/** @param {number} count */
export function number(count) {
  return FORMAT.format(count);
}
