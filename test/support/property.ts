import fc from 'fast-check';

/**
 * fast-check with the same cases each time, so that a test that turns red tells of a change and not of luck. What luck
 * finds, `FAST_CHECK_SEED=N npm test` and `npm run fuzz` look for.
 */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

export default fc;
