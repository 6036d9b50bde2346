// What was typed survives a reload of the page, in this tab alone.
export const recalled = (name, otherwise) => {
  try { return { ...otherwise, ...JSON.parse(sessionStorage.getItem(name) || "{}") }; } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof DOMException)) throw error;
    return { ...otherwise };
  }
};

export const remember = (name, value) => {
  try { sessionStorage.setItem(name, JSON.stringify(value)); } catch (error) {
    if (!(error instanceof DOMException)) throw error;  // too long for the browser: it is gone after a reload
    sessionStorage.removeItem(name);
  }
};
