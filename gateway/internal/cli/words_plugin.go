package cli

// pluginVocabulary is the texts of the plugin commands; see words.
var pluginVocabulary = map[string]word{
	"plugin":         {"Программы провайдеров.", "Provider programs."},
	"plugin_new":     {"Создать папку с новым провайдером: код, тест, README.", "Write a folder with a new provider: code, test, README."},
	"plugin_list":    {"Какие программы есть, какие версии и кто ими пользуется.", "Which programs there are, their versions and who uses them."},
	"plugin_check":   {"Осмотреть чужую программу, ничего не отправляя и не давая ей секретов.", "Examine somebody's program without sending anything or giving it secrets."},
	"plugin_add":     {"Добавить версию в каталог. Программа запускается один раз, без секретов.", "Add a version to the catalogue. The program is run once, without secrets."},
	"plugin_pin":     {"Выбрать версию для учётных записей провайдера; так же возвращаются к прежней.", "Choose the version for a provider's accounts; going back works the same way."},
	"plugin_name":    {"Имя провайдера.", "Name of the provider."},
	"plugin_newname": {"Имя провайдера: строчные латинские буквы, цифры, дефис.", "Name of the provider: small Latin letters, digits, dashes."},
	"plugin_dir":     {"Папка, которую создать (по умолчанию ИМЯ).", "Folder to make (default: NAME)."},
	"plugin_module":  {"Имя модуля Go (по умолчанию example.org/ИМЯ).", "Name of the Go module (default: example.org/NAME)."},
	"plugin_replace": {"Папка с исходным кодом Orderbell, если SDK брать из неё.", "Folder with Orderbell's source, to take the SDK from there."},
	"plugin_file":    {"Файл программы.", "The program's file."},
	"plugin_files":   {"Файл программы или папка с программами.", "A program's file, or a folder of programs."},
	"plugin_version": {"Версия из plugin list или слово bundled: программа, которая пришла со шлюзом.", "A version as in plugin list, or the word bundled: the program that came with the gateway."},
	"plugin_yes":     {"Не переспрашивать; нужна --sum.", "Do not ask; needs --sum."},
	"plugin_sum":     {"SHA-256, которая должна быть у файла.", "SHA-256 that the file must have."},
}
