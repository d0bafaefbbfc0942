// The expression editor writes its own <style> elements; the page's policy lets them in only with this request's nonce.
const nonce = document.querySelector('meta[name="csp-nonce"]')?.nonce;
const create = document.createElement.bind(document);

document.createElement = (name, options) => {
  const element = create(name, options);
  if (nonce && String(name).toLowerCase() === 'style') element.nonce = nonce;
  return element;
};
