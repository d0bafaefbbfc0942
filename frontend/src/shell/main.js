// What every page loads: htmx, and each small script beside this file (they run by being here).
import 'htmx.org';

import.meta.glob(['./*.js', '!./main.js'], { eager: true });
