// Unsaved work: the usual keys save it, and leaving the page with it is asked about.
export function guardUnsaved(save, isChanged) {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      save();
    }
  });
  window.addEventListener('beforeunload', (event) => {
    if (isChanged()) event.preventDefault();
  });
}
