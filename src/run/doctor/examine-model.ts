import { found } from "../../core/doctor/diagnosis";
import { judgeApi, judgeBaseUrl, judgeKey, judgeModels, judgeProxy } from "../../core/doctor/judge-model";
import { judgeSettings } from "../../core/doctor/judge-tools";
import { ROLES } from "../../core/role";
import { roleOf } from "../../agent/roles";
import { DEFAULT_BASE_URL } from "../../model/endpoint";
import { newestOf } from "../../model/catalogue";
import { MODEL_ALIASES, resolveModel } from "../../model/models";
import type { Examination } from "./examination";

/** Looks at the way to a model, and at the settings. */
export const MODEL_EXAMINATIONS: readonly Examination[] = [
  { id: "key", title: "API key", needs: "nothing", examine: async (patient) => [judgeKey(patient)] },
  { id: "base-url", title: "Server", needs: "nothing", examine: async ({ baseUrl }) => [judgeBaseUrl(baseUrl)] },
  { id: "proxy", title: "Proxy", needs: "nothing", examine: async ({ proxy }) => [judgeProxy(proxy)] },
  {
    id: "api",
    title: "API",
    needs: "endpoint",
    async examine({ models, baseUrl }) {
      const { answer, durationMs } = await models();
      const url = baseUrl ?? DEFAULT_BASE_URL;
      return [judgeApi(answer, durationMs, URL.canParse(url) ? new URL(url).host : url)];
    },
  },
  {
    id: "models",
    title: "Models",
    needs: "endpoint",
    async examine({ models }) {
      const { answer } = await models();
      const names = MODEL_ALIASES.filter((alias) => ROLES.some((role) => roleOf(role).model === alias));
      return judgeModels(
        names.map((name) => {
          if ("code" in answer) return { name, id: resolveModel(name), listed: null };
          const id = newestOf(name, answer) ?? resolveModel(name);
          return { name, id, listed: answer.some((model) => model.id === id) };
        }),
      );
    },
  },
  {
    id: "settings",
    title: "Settings",
    needs: "nothing",
    examine: async ({ unhonoured }) => judgeSettings(unhonoured),
  },
  {
    id: "trust",
    title: "Trust",
    needs: "nothing",
    async examine({ trusted }) {
      if (trusted) return [];
      const way = { text: "Trust the folder.", action: "workbench.trust.manage" };
      return [found("problem", "The folder is not trusted: nothing is run in it, and most was not looked at.", way)];
    },
  },
];
