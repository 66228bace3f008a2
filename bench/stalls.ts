/**
 * Watches how long the event loop stands still: the most processor time that this thread took between two turns. Time of the
 * clock would count other processes, too.
 */
export function watchStalls(): () => number {
  let last = cpuMs();
  let longest = 0;
  const look = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return Math.round(longest);
  };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
