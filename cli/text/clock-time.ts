/** `14:05 UTC`; with its day where that is another one. */
export function clockTime(ms: number, nowMs: number): string {
  const [day = '', time = ''] = new Date(ms).toISOString().slice(0, 16).split('T');
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return `${day === today ? '' : `${day} `}${time} UTC`;
}
