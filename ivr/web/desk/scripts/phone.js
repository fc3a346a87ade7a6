// The browser's telephone. Only the agents' desk loads it.
import JsSIP from "jssip";

JsSIP.debug.disable();
window.JsSIP = JsSIP;
