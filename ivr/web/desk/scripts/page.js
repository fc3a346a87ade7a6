// The script of every page.
import "./htmx.js";
import "./requests.js";
import "./login.js";
import "./live.js";
import "./dialogs.js";
import "./keys.js";
