package cli

// ruleVocabulary is what the commands about rules say.
var ruleVocabulary = map[string]word{
	"rule":           {"Правила: список, проверка, пробы.", "Rules: list, test, try."},
	"rule_list":      {"Показать файлы правил и что с ними не так.", "List the rule files and what is wrong with them."},
	"rule_test":      {"Прогнать примеры (ИМЯ.cases.json) рядом с правилами.", "Run the cases (NAME.cases.json) beside the rules."},
	"rule_run":       {"Показать, что правила решили бы о событии; ничего не отправляется.", "Show what the rules would decide on an event; nothing is sent."},
	"rule_compare":   {"Показать, что изменил бы другой файл правил на прошлых событиях.", "Show what another rule file would have changed over past events."},
	"rule_types":     {"Вывести orderbell.d.ts: что видят правила, для редактора.", "Print orderbell.d.ts: what rules see, for editors."},
	"rule_types_out": {"Записать в этот файл.", "Write it to this file."},
	"rule_files":     {"Файлы правил; без них — все.", "Rule files; without them all."},
	"rule_draft":     {"Файл правил, который пробуется вместо действующего с тем же именем.", "A rule file that is tried in place of the one of its name."},
	"rule_event":     {"ID принятого события.", "ID of a stored event."},
	"rule_order":     {"ID, GUID или номер заказа: все его события.", "ID, GUID or number of an order: all its events."},
	"rule_posting":   {"Файл с событием; «-» — стандартный ввод.", "File with an event; \"-\" is standard input."},
	"rule_days":      {"За сколько последних дней.", "How many of the last days."},
}
