// Reads so many images, one after the other: `read.js LIBRARY BASE_URL IMAGES`.
const [, , library, baseURL, images] = process.argv;
const { clientOf } = await import(`./${library}.js`);
const imageOf = clientOf(baseURL);
for (let nth = 0; nth < Number(images); nth += 1) {
  if ((await imageOf('a fox')).length < 1_000) throw new Error('no image');
}
