// What the page says, in Chinese and in English.

const WORDS = {
  signIn: ["身份", "Sign in"],
  demoRole: ["演示身份", "Demo role"],
  nobody: ["未登录", "Signed out"],
  token: ["访问令牌", "Bearer token"],
  tokenHint: ["粘贴令牌", "Paste a token"],
  tokenIntro: [
    "令牌由身份提供方签发，或用命令行生成：",
    "Tokens come from the identity provider, or from the command line:",
  ],
  badToken: ["令牌无效或已过期。", "The token is not valid, or has expired."],
  copyHeader: ["复制请求头", "Copy the header"],
  copied: ["已复制", "Copied"],
  signOut: ["退出", "Sign out"],
  programmes: ["项目与示例", "Programmes and examples"],
  signInForExamples: ["登录后可查看示例操作和文档。", "Sign in to see example operations and the documentation."],
  noExamples: ["这个项目没有示例。", "This programme brings no examples."],
  base: ["人口与网格（基础）", "People and grids (the base)"],
  asRole: ["宜用身份：", "Meant for: "],
  mutation: ["变更", "Change"],
  subscription: ["订阅", "Subscription"],
  sdl: ["下载 Schema", "Download the schema"],
  plain: ["简易版", "Plain page"],
  graphiql: ["GraphiQL", "GraphiQL"],
  run: ["运行", "Run"],
  stop: ["停止", "Stop"],
  document: ["GraphQL 文档", "GraphQL document"],
  leaveEditor: ["Tab 缩进；按 Esc 再按 Tab 离开编辑区", "Tab indents; Esc, then Tab, leaves the editor"],
  variables: ["变量", "Variables"],
  headers: ["请求头", "Headers"],
  answer: ["结果", "Answer"],
  history: ["历史", "History"],
  docs: ["文档", "Documentation"],
  search: ["查找类型与字段", "Find types and fields"],
  noDocs: ["登录后可查看文档。", "Sign in to see the documentation."],
  roots: ["入口", "Where to begin"],
  allTypes: ["全部类型", "All types"],
  back: ["返回", "Back"],
  args: ["参数", "Arguments"],
  fields: ["字段", "Fields"],
  values: ["取值", "Values"],
  members: ["成员", "Members"],
  public: ["公开", "public"],
  authenticated: ["需登录", "signed in"],
  requires: ["需权限", "needs"],
  found: ["个结果", "found"],
  empty: ["选择左侧的示例，或输入查询后运行。", "Choose an example on the left, or write a query and run it."],
  variablesNotJson: ["变量不是有效的 JSON：", "The variables are not JSON: "],
  headersNotJson: ["请求头不是 JSON 对象：", "The headers are not a JSON object: "],
  noAnswer: ["服务器没有应答：", "The server did not answer: "],
  fillIds: ["变量里的 {ids} 请换成真实编号：先运行前面的示例，再选本例，编号会自动填入。",
    "Put a real id for {ids} into the variables: run the examples above and choose this one again, and it is filled in."],
  errors: ["个错误", "error(s)"],
  refused: ["未作更改", "Nothing was changed"],
  server: ["服务器", "server"],
  cost: ["开销", "cost"],
  requestId: ["请求编号", "Request id"],
  tier1: ["由一条 SQL 语句应答", "Served by one SQL statement"],
  tier2: ["由 SQL 应答，部分字段由 Python 补全", "Served by SQL, some fields by Python"],
  tier3: ["逐字段解析", "Served field by field"],
  events: ["条事件", "events"],
  connected: ["已订阅", "Subscribed"],
  ended: ["订阅已结束", "The subscription has ended"],
  broken: ["GraphiQL 未能载入：", "GraphiQL did not load: "],
};

export const ROLES = {
  district_admin: { zh: "县区管理员", en: "District administrator" },
  street_secretary: { zh: "街道书记", en: "Street secretary" },
  community_secretary: { zh: "社区书记", en: "Community secretary" },
  grid_worker: { zh: "网格员", en: "Grid worker" },
  resident: { zh: "居民", en: "Resident" },
  vendor_service: { zh: "第三方系统", en: "Vendor's service" },
};

const KEY = "wangge.language";
export let language = sessionStorage.getItem(KEY) ?? (document.documentElement.lang.startsWith("en") ? "en" : "zh");

/** Return a word in the chosen language. */
export const word = (name) => WORDS[name][language === "zh" ? 0 : 1];

/** Return the text of a `{zh, en}` pair in the chosen language. */
export const either = (pair) => pair[language] || pair.zh || pair.en;

/** Choose the language, and keep it while the window is open. */
export function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  sessionStorage.setItem(KEY, chosen);
}
speak(language);

/** Make an element: its name, its properties, its children. */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && !key.includes("-")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}
