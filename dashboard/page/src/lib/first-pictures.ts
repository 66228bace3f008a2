/** A line of the grid, about. */
const ENOUGH = 6;
const MOST_MS = 800;

/** Resolves once the first pictures are in, or have not come for a while: what is large may then take connections. */
export async function firstPictures(): Promise<void> {
  await new Promise<void>((resolve) => {
    let seen = 0;
    const onLoad = ({ target }: Event) => {
      if (!(target instanceof HTMLImageElement)) return;
      seen += 1;
      if (seen === ENOUGH) end();
    };
    const end = () => {
      window.clearTimeout(timer);
      document.removeEventListener('load', onLoad, true);
      resolve();
    };
    const timer = window.setTimeout(end, MOST_MS);
    document.addEventListener('load', onLoad, true);
  });
}
