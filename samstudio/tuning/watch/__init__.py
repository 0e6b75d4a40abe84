"""The statistics of the watch after a swap: what an object says of two versions, and when that is enough."""
