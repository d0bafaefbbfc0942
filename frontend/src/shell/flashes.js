// What was just done is told over the page, which does not move for it; it goes by itself, a refusal only when it is closed.
const READ = 12_000;

for (const flash of document.querySelectorAll('.flashes > .flash')) {
  const close = flash.querySelector('[data-close]');
  close.hidden = false;
  close.addEventListener('click', () => flash.remove());
  if (flash.getAttribute('role') === 'status') goes(flash);
}

function goes(flash) {
  let timer = setTimeout(() => flash.remove(), READ);
  const stay = () => clearTimeout(timer);
  const leave = () => { stay(); timer = setTimeout(() => flash.remove(), READ); };
  flash.addEventListener('pointerenter', stay);
  flash.addEventListener('pointerleave', leave);
  flash.addEventListener('focusin', stay);
  flash.addEventListener('focusout', leave);
}
