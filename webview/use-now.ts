import { useEffect, useState } from "preact/hooks";

/** The time, in milliseconds since the epoch, looked at again after so many milliseconds; not at all for null. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
