import { effortOf } from "../../core/effort";
import type { Failure } from "../../core/failure";
import { subtaskState } from "../../core/state/state";
import { NO_USAGE } from "../../core/usage";
import { type AgentOutcome, type Conclusion, runAgent } from "../../agent/loop";
import type { ImageBlock } from "../../model/model";
import { systemWithWeb, type Role } from "../../agent/roles";
import { webSteps } from "../../agent/web-use";
import type { Tool } from "../../agent/tool";
import type { AttemptHost } from "./attempt";
import { UNRECORDED, type TurnLog } from "./turn-log";
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
export function runRole<T>(
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
  const web = role.web ? host.state().options.web : undefined;
  return runAgent<T>({
    model: turns.model(host.ports.model),
    modelId: a.modelId,
    system: web === undefined ? role.system : systemWithWeb(role),
    web,
    tools: recordTools([...role.tools, ...(a.tools ?? [])], turns),
    conclusion: a.conclusion,
    assignment: a.assignment,
    ...(a.images === undefined ? {} : { images: a.images }),
    context: { workspace: a.place.workspace, shell: a.place.shell, signal: a.signal },
    maxTurns: a.maxTurns ?? role.maxTurns,
    maxTokens: role.maxTokens,
    effort: effortOf(role.name, role.effort, host.state().options.efforts),
    ...(a.inbox === undefined ? {} : { inbox: a.inbox }),
    mayContinue: () => (turns.isReplaying ? undefined : a.mayContinue()),
    async onTurn({ turn, reply }) {
      // An answer can be in the record and, for want of time, not yet in the log.
      if (turns.isReplaying || turn <= turnsLogged(host, speaker)) return;
      await host.record({
        type: "turn.completed",
        subtask: speaker.subtask,
        attempt: speaker.attempt,
        turn,
        ...(speaker.by === undefined ? {} : { by: speaker.by }),
        model: reply.model,
        stopReason: reply.stopReason,
        usage: reply.usage,
        durationMs: reply.durationMs,
        ...(reply.calls === undefined ? {} : { calls: reply.calls }),
      });
      const steps = webSteps(reply.content);
      if (steps.length > 0)
        await host.record({ type: "web.used", subtask: speaker.subtask, attempt: speaker.attempt, steps });
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
      if (turns.isReplaying || compactions <= compactionsLogged(host, speaker)) return;
      await host.record({
        type: "context.compacted",
        subtask: speaker.subtask,
        attempt: speaker.attempt,
        ...(speaker.by === undefined ? {} : { by: speaker.by }),
        before,
        after,
        usage: reply?.usage ?? NO_USAGE,
        durationMs: reply?.durationMs ?? 0,
      });
    },
    onMessage: (message) => (turns.isReplaying ? undefined : host.onMessage(message, speaker.part)),
    onActivity: (activity) => (turns.isReplaying ? undefined : host.onActivity(activity)),
  });
}

/** The last turn of this agent the log knows of. */
function turnsLogged(host: AttemptHost, { subtask, by }: Speaker): number {
  const s = subtask === null ? undefined : subtaskState(host.state(), subtask);
  return (by === undefined ? s?.lastTurn : s?.lastReviewTurn) ?? 0;
}

/** How many times the log knows that this agent's conversation was made shorter. */
function compactionsLogged(host: AttemptHost, { subtask, by }: Speaker): number {
  const s = subtask === null ? undefined : subtaskState(host.state(), subtask);
  return (by === undefined ? s?.workerCompactions : s?.reviewCompactions) ?? 0;
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
