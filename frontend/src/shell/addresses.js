// A page that answers a refused form stands at the address the form was sent to; loading that again would ask to send again.
const canonical = document.querySelector('[data-canonical]')?.dataset.canonical;
if (canonical && canonical !== location.pathname + location.search) history.replaceState(null, '', canonical);
