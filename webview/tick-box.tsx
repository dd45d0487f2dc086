import { useEffect, useRef } from "preact/hooks";
import type { Tick } from "../src/core/review/ticks";

interface TickBoxProps {
  readonly tick: Tick;
  /** What it is for, for who does not see what stands beside it. */
  readonly label: string;
  readonly disabled?: boolean;
  readonly onToggle: () => void;
}

/** A native tick box; neither ticked nor empty where some of its parts are. */
export function TickBox({ tick, label, disabled = false, onToggle }: TickBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = tick === "some";
  }, [tick]);
  return (
    <input
      ref={box}
      type="checkbox"
      class="tick"
      aria-label={label}
      checked={tick === "all"}
      disabled={disabled}
      onChange={(event) => {
        // The box shows what the state says and never runs ahead of it.
        event.currentTarget.checked = tick === "all";
        event.currentTarget.indeterminate = tick === "some";
        onToggle();
      }}
    />
  );
}
