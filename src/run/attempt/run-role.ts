import { effortOf } from "../../core/effort";
import { toFailure, type Failure } from "../../core/failure";
import { subtaskState, type RunState } from "../../core/state/state";
import type { SubtaskState } from "../../core/state/subtask-state";
import { NO_USAGE } from "../../core/usage";
import { type AgentOutcome, type Conclusion, runAgent } from "../../agent/loop";
import type { ImageBlock } from "../../model/model";
import { withoutRefusedThinking } from "../../agent/refused-thinking";
import { systemWithWeb, type Role } from "../../agent/roles";
import { webSteps } from "../../agent/web-use";
import type { Tool } from "../../agent/tool";
import type { AttemptHost } from "./attempt";
import { UNRECORDED, type TurnLog } from "./turn-log";
import { watchOf } from "./watched";
import type { WorkPlace } from "./work-place";

/** Who is at work, as log and transcript name it. */
export interface Speaker {
  /** Null for who works on the run as a whole. */
  readonly subtask: string | null;
  readonly attempt: number;
  readonly by?: "reviewer" | "synthesizer";
  /** Part of the transcript's name; ours, never a model's words. */
  readonly part?: string;
}

/** Lets one role work in a worktree: its turns go into the log, its messages into the transcript. */
export async function runRole<T>(
  host: AttemptHost,
  a: {
    readonly role: Role;
    readonly modelId: string;
    readonly place: WorkPlace;
    readonly speaker: Speaker;
    readonly conclusion: Conclusion<T>;
    readonly assignment: string;
    readonly images?: readonly ImageBlock[];
    /** Tools beside the role's own. */
    readonly tools?: readonly Tool[];
    readonly maxTurns?: number;
    readonly inbox?: () => readonly string[];
    readonly mayContinue: () => Failure | undefined;
    /** What the agent has done before it was interrupted, and goes on with. */
    readonly turns?: TurnLog;
    readonly signal: AbortSignal;
  },
): Promise<AgentOutcome<T>> {
  const { role, speaker, turns = UNRECORDED } = a;
  let compactions = 0;
  const known = speaker.subtask === null ? turns.now("logged before", () => logged(host.state(), speaker)) : NOTHING;
  const watch = watchOf(host, speaker);
  const signal = AbortSignal.any([a.signal, watch.stuck]);
  const web = role.web ? host.state().options.web : undefined;
  const ended = runAgent<T>({
    model: turns.model(watch.model(withoutRefusedThinking(host.ports.model), signal)),
    modelId: a.modelId,
    system: web === undefined ? role.system : systemWithWeb(role),
    web,
    tools: recordTools(watch.tools([...role.tools, ...(a.tools ?? [])], signal), turns),
    conclusion: a.conclusion,
    assignment: a.assignment,
    ...(a.images === undefined ? {} : { images: a.images }),
    context: { workspace: a.place.workspace, shell: a.place.shell, signal },
    maxTurns: a.maxTurns ?? role.maxTurns,
    maxTokens: role.maxTokens,
    effort: effortOf(role.name, role.effort, host.state().options.efforts),
    ...(a.inbox === undefined ? {} : { inbox: a.inbox }),
    mayContinue: () => (turns.isReplaying ? undefined : a.mayContinue()),
    async onTurn({ turn, reply, context }) {
      // An answer can be in the record and, for want of time, not yet in the log.
      if (turns.isReplaying || turn <= logged(host.state(), speaker, known).turns) return;
      const web = webSteps(reply.content);
      await host.record({
        type: "turn.completed",
        ...nameOf(speaker),
        turn,
        model: reply.model,
        stopReason: reply.stopReason,
        usage: reply.usage,
        durationMs: reply.durationMs,
        context,
        ...(reply.calls === undefined ? {} : { calls: reply.calls }),
        ...(web.length === 0 ? {} : { web }),
      });
    },
    now: host.ports.now,
    async onTools({ turn, runs }) {
      if (turns.isReplaying) return;
      await host.record({
        type: "tools.called",
        subtask: speaker.subtask,
        attempt: speaker.attempt,
        turn,
        ...(speaker.by === undefined ? {} : { by: speaker.by }),
        tools: runs,
      });
    },
    async onCompact({ before, after, reply }) {
      compactions += 1;
      if (turns.isReplaying || compactions <= logged(host.state(), speaker, known).compactions) return;
      await host.record({
        type: "context.compacted",
        ...nameOf(speaker),
        before,
        after,
        usage: reply?.usage ?? NO_USAGE,
        durationMs: reply?.durationMs ?? 0,
      });
    },
    onMessage: (message) => (turns.isReplaying ? undefined : host.onMessage(message, speaker.part)),
    onActivity: (activity) => (turns.isReplaying ? undefined : host.onActivity(activity)),
  });
  return ended.catch((error: unknown) => {
    if (!watch.stuck.aborted || a.signal.aborted) throw error;
    return { kind: "failed", failure: toFailure(watch.stuck.reason) };
  });
}

function nameOf({ subtask, attempt, by }: Speaker) {
  return { subtask, attempt, ...(by === undefined ? {} : { by }) };
}

/** How far the log knows an agent's work. */
interface Logged {
  readonly turns: number;
  readonly compactions: number;
}

const NOTHING: Logged = { turns: 0, compactions: 0 };

/** The last turn of this agent the log knows of, and how often its conversation was made shorter; but for those `before`. */
function logged(state: RunState, { subtask, by }: Speaker, before = NOTHING): Logged {
  const all = subtask === null ? loggedOfRun(state, by) : loggedOfSubtask(subtaskState(state, subtask), by);
  return { turns: all.turns - before.turns, compactions: all.compactions - before.compactions };
}

function loggedOfSubtask(s: SubtaskState | undefined, by: Speaker["by"]): Logged {
  if (s === undefined) return NOTHING;
  return by === undefined
    ? { turns: s.lastTurn, compactions: s.workerCompactions }
    : { turns: s.lastReviewTurn, compactions: s.reviewCompactions };
}

function loggedOfRun(state: RunState, by: Speaker["by"]): Logged {
  return by === "synthesizer"
    ? { turns: state.turns - state.plannerTurns, compactions: state.synthesisCompactions }
    : { turns: state.plannerTurns, compactions: state.plannerCompactions };
}

const REOPENED =
  "\n\n(Braid was closed and opened again meanwhile. Your files are as they were; what git ignores, like installed packages or build output, and processes you had started may be gone.)";

/** The tools, each call of which has one outcome for good. The first that runs after an interruption tells of it. */
function recordTools(tools: readonly Tool[], turns: TurnLog): readonly Tool[] {
  let told = !turns.isReplaying;
  return tools.map((tool) => ({
    ...tool,
    call: (input, context) =>
      turns.once(
        `tool ${tool.spec.name}`,
        async () => {
          const output = await tool.call(input, context);
          if (told) return output;
          told = true;
          return { ...output, content: `${output.content}${REOPENED}` };
        },
        { changes: !tool.readOnly },
      ),
  }));
}
