// The clock of the heartbeat. Browsers slow the timers of a page in the background, not a worker's.
setInterval(() => postMessage(0), 2000);
