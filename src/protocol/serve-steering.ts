import type { Requests } from "./messages";
import { RequestSchemas } from "./request-schemas";
import type { Served } from "./rpc";
import type { ServiceHost } from "./service-host";

type Steering = Pick<
  Requests,
  "retry" | "approve" | "approveAmendment" | "declineAmendment" | "answer" | "allow" | "stop" | "message"
>;

/** Answers to what a page asks of the run as a whole and of its workers. */
export function serveSteering({ source, atAttempt, onScreen, done }: ServiceHost): Served<Steering> {
  return {
    retry: {
      schema: RequestSchemas.retry,
      answer: async ({ run, subtask, attempt, note }) => {
        onScreen(run);
        await source.retry(atAttempt(subtask, attempt), note);
        return done();
      },
    },
    approve: {
      schema: RequestSchemas.approve,
      answer: async ({ run, proposal }) => {
        onScreen(run);
        await source.approve(proposal);
        return done();
      },
    },
    approveAmendment: {
      schema: RequestSchemas.approveAmendment,
      answer: async ({ run, number }) => {
        onScreen(run);
        await source.approveAmendment(number);
        return done();
      },
    },
    declineAmendment: {
      schema: RequestSchemas.declineAmendment,
      answer: async ({ run, number, reason }) => {
        onScreen(run);
        await source.declineAmendment(number, reason);
        return done();
      },
    },
    answer: {
      schema: RequestSchemas.answer,
      answer: async ({ run, question, answer }) => {
        onScreen(run);
        await source.answer(question, answer);
        return done();
      },
    },
    allow: {
      schema: RequestSchemas.allow,
      answer: async ({ run, key, answer }) => {
        onScreen(run);
        await source.allow(key, answer);
        return done();
      },
    },
    stop: {
      schema: RequestSchemas.stop,
      answer: async ({ run, subtask, attempt }) => {
        onScreen(run);
        await source.stop(atAttempt(subtask, attempt));
        return done();
      },
    },
    message: {
      schema: RequestSchemas.message,
      answer: async ({ run, subtask, attempt, text }) => {
        onScreen(run);
        await source.message(atAttempt(subtask, attempt), text);
        return done();
      },
    },
  };
}
