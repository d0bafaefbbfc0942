// On a narrow screen the places stand in one line that scrolls: the one that is open is moved into sight.
document.querySelectorAll('.places [aria-current]').forEach((here) => {
  const line = here.closest('nav');
  if (line.scrollWidth > line.clientWidth) line.scrollLeft = here.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
});
