// bpmn-engine (npm), driven as its documentation does: recover, resume, signal, save the state, in one SQLite transaction a step.
// Reads {path, cases, loops, warmUp, diagrams, complaint, submission} from stdin, prints the readings in milliseconds.
const { createRequire } = require("node:module");
const { EventEmitter } = require("node:events");
const { DatabaseSync } = require("node:sqlite");
const { Engine } = createRequire(process.cwd() + "/package.json")("bpmn-engine");

async function main() {
  const asked = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const db = open(asked.path);
  const times = { start: [], complete: [], late: [] };
  for (let number = -asked.warmUp; number < asked.cases; number++) {
    const kept = number < 0 ? { start: [], complete: [] } : times;
    const id = await timed(kept.start, () => begin(db, asked, "p1"));
    await timed(kept.complete, () => answer(db, asked, id, false));
    await timed(kept.complete, () => answer(db, asked, id, false));
  }
  if (asked.loops) {
    const id = await begin(db, asked, "p2");
    for (let number = 0; number < asked.loops; number++) await answer(db, asked, id, true);
    for (let number = 0; number < 5; number++) await timed(times.late, () => answer(db, asked, id, true));
  }
  console.log(JSON.stringify(times));
}

function open(path) {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  db.exec("CREATE TABLE cases (id INTEGER PRIMARY KEY, state TEXT); CREATE TABLE tasks (id INTEGER PRIMARY KEY, case_id INT, name TEXT, open INT); " +
    "CREATE TABLE events (id INTEGER PRIMARY KEY, case_id INT, what TEXT, data TEXT); CREATE INDEX ix_tasks ON tasks (case_id, open)");
  return db;
}

async function begin(db, asked, key) {
  const waiting = [];
  const engine = new Engine({ name: key, source: asked.diagrams[key], variables: { complaint: asked.complaint } });
  const execution = await engine.execute({ listener: listening(waiting) });
  const state = JSON.stringify(execution.getState());
  execution.stop();
  db.exec("BEGIN IMMEDIATE");
  const { lastInsertRowid: id } = db.prepare("INSERT INTO cases (state) VALUES (?)").run(state);
  tell(db, asked, id, waiting, "started");
  return id;
}

async function answer(db, asked, id, again) {
  const { state } = db.prepare("SELECT state FROM cases WHERE id = ?").get(id);
  const waiting = [];
  const engine = new Engine().recover(JSON.parse(state));
  const execution = await engine.resume({ listener: listening(waiting) });
  const [open] = waiting.splice(0);
  Object.assign(execution.environment.variables, asked.submission, { again });
  execution.signal({ id: open });
  const after = JSON.stringify(execution.getState());
  execution.stop();
  db.exec("BEGIN IMMEDIATE");
  db.prepare("UPDATE cases SET state = ? WHERE id = ?").run(after, id);
  db.prepare("UPDATE tasks SET open = 0 WHERE case_id = ? AND open = 1").run(id);
  tell(db, asked, id, waiting, "completed");
}

function listening(waiting) {
  const listener = new EventEmitter();
  listener.on("activity.wait", (task) => waiting.push(task.id));
  return listener;
}

function tell(db, asked, id, waiting, what) {
  for (const name of waiting) db.prepare("INSERT INTO tasks (case_id, name, open) VALUES (?, ?, 1)").run(id, name);
  db.prepare("INSERT INTO events (case_id, what, data) VALUES (?, ?, ?)").run(id, what, JSON.stringify(asked.submission));
  db.exec("COMMIT");
}

async function timed(readings, work) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const used = process.cpuUsage(cpu);
  readings.push([(used.user + used.system) / 1e3, performance.now() - wall]);
  return result;
}

main();
