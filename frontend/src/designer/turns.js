// One after the other: whatever is asked while the act is still on its way is done after it, and sees what came of it.
export function inTurn(act) {
  let last = Promise.resolve();
  return () => {
    last = last.then(act);
    return last;
  };
}
