"""Why exactly a file is refused, and what its sender can do: one sentence each, by code and `what`. Pure.

The codes are those of findings.REFUSALS; a code without `what` has its general sentence there.
"""

REASONS: dict[tuple[str, str], tuple[str, str]] = {
    ("NOT_XLSX", "csv"): (
        "这是文本文件（CSV），不是 .xlsx 工作簿；请把文件名后缀改为 .csv 再上传",
        "This is a text file (CSV), not an .xlsx workbook; rename it to .csv and upload it again",
    ),
    ("NOT_XLSX", "html"): (
        "这是网页表格（HTML），不是 Excel 工作簿；请用 Excel 打开，另存为 .xlsx 后再上传",
        "This is a web page (HTML) and no workbook; open it in Excel and save it as .xlsx",
    ),
    ("NOT_XLSX", "mht"): (
        "这是单个文件网页（MHT），不是 Excel 工作簿；请用 Excel 打开，另存为 .xlsx 后再上传",
        "This is a web archive (MHT) and no workbook; open it in Excel and save it as .xlsx",
    ),
    ("NOT_XLSX", "xml"): (
        "这是 XML 表格（Excel 2003 XML），请用 Excel 打开，另存为 .xlsx 后再上传",
        "This is an XML spreadsheet; open it in Excel and save it as .xlsx",
    ),
    ("NOT_XLSX", "pdf"): (
        "这是 PDF 文件，不是 Excel 工作簿；请上传原来的 .xlsx 台账",
        "This is a PDF and no workbook; upload the .xlsx it was made from",
    ),
    ("NOT_XLSX", "docx"): (
        "这是 Word 文档，不是 Excel 工作簿；请把表格复制到 Excel，存为 .xlsx 后再上传",
        "This is a Word document and no workbook; copy its table to Excel and save it as .xlsx",
    ),
    ("NOT_XLSX", "pptx"): (
        "这是演示文稿，不是 Excel 工作簿；请上传 .xlsx 台账",
        "This is a presentation and no workbook; upload an .xlsx",
    ),
    ("NOT_XLSX", "ods"): (
        "这是 OpenDocument 表格（.ods），请用 WPS 或 LibreOffice 打开，另存为 .xlsx 后再上传",
        "This is an OpenDocument spreadsheet (.ods); open it and save it as .xlsx",
    ),
    ("NOT_XLSX", "numbers"): (
        "这是 Apple Numbers 表格，请导出为 Excel（.xlsx）后再上传",
        "This is an Apple Numbers spreadsheet; export it as Excel (.xlsx)",
    ),
    ("NOT_XLSX", "xlsb"): (
        "这是二进制工作簿（.xlsb），请另存为 .xlsx 后再上传",
        "This is a binary workbook (.xlsb); save it as .xlsx",
    ),
    ("NOT_XLSX", "zip"): (
        "这是压缩包，不是 Excel 工作簿；请解压后上传其中的 .xlsx",
        "This is an archive and no workbook; unpack it and upload the .xlsx inside",
    ),
    ("NOT_XLSX", "archive"): (
        "这是压缩包（RAR、7z、gzip），不是 Excel 工作簿；请解压后上传其中的 .xlsx",
        "This is an archive (RAR, 7z, gzip) and no workbook; unpack it and upload the .xlsx inside",
    ),
    ("NOT_XLSX", "image"): (
        "这是图片，不是 Excel 工作簿；请上传 .xlsx 台账",
        "This is a picture and no workbook; upload an .xlsx",
    ),
    ("NOT_XLSX", "empty"): ("文件是空的", "The file is empty"),
    ("LEGACY_XLS", "doc"): (
        "这是旧版 Office 文件（Word 或 PowerPoint），不是 Excel 工作簿；请上传 .xlsx 台账",
        "This is an old Office file (Word or PowerPoint) and no workbook; upload an .xlsx",
    ),
    ("LEGACY_XLS", "et"): (
        "旧版 .xls 或 WPS 表格（.et），请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传",
        "Excel 97–2003 workbook or WPS spreadsheet (.et); open it and save it as .xlsx",
    ),
    ("MACRO", "dialog"): (
        "文件含 Excel 4.0 宏表或对话框，请另存为不含宏的 .xlsx 后再上传",
        "The workbook holds Excel 4.0 macro or dialog sheets; save it as .xlsx without macros",
    ),
    ("MACRO", "control"): (
        "文件含 ActiveX 控件，请删除控件后另存为 .xlsx 再上传",
        "The workbook holds ActiveX controls; delete them and save it as .xlsx",
    ),
    ("XML_UNSAFE", "links"): (
        "文件链接到其他工作簿；请在 Excel“数据—编辑链接”中断开链接（公式变为数值）后再上传",
        "The workbook links to other workbooks; break the links (Data, Edit Links) so that values remain",
    ),
    ("XML_UNSAFE", "dde"): (
        "文件含动态数据交换（DDE）公式或链接（{cell}），请改为数值后再上传",
        "The workbook holds a DDE formula or link ({cell}); replace it by its value",
    ),
    ("XML_UNSAFE", "connection"): (
        "文件含外部数据连接或查询，请在 Excel“数据—查询和连接”中删除后再上传",
        "The workbook holds external data connections or queries; delete them (Data, Queries & Connections)",
    ),
    ("XML_UNSAFE", "embedded"): (
        "文件嵌有其他文件（OLE 对象），请删除嵌入的文件后再上传",
        "The workbook holds embedded files (OLE objects); delete them and upload it again",
    ),
    ("XML_UNSAFE", "encoding"): (
        "文件内部的编码不是 UTF-8 或 UTF-16，不能导入；请用 Excel 重新保存",
        "A part of the file is in an encoding other than UTF-8 and UTF-16; save it again in Excel",
    ),
    ("CORRUPT", "checksum"): (
        "文件已损坏（校验不符），请重新保存或重新传送后再上传",
        "The file is damaged (wrong checksum); save or send it again",
    ),
    ("CORRUPT", "names"): (
        "文件内部的名称重复或不合规，不能导入；请用 Excel 重新保存",
        "The package holds repeated or unsafe part names; save it again in Excel",
    ),
    ("CORRUPT", "overlap"): (
        "文件内部结构重叠，不能导入；请用 Excel 重新保存",
        "Parts of the package overlap; save it again in Excel",
    ),
    ("CORRUPT", "broke"): (
        "文件无法读取：读取程序因它中断；请用 Excel 打开、另存为 .xlsx 后再上传",
        "The file broke the reader; open it in Excel and save it as .xlsx",
    ),
    ("CORRUPT", "text"): (
        "文本编码混乱，无法读取；请另存为 UTF-8 编码的 CSV 或 .xlsx",
        "The text is in no single encoding (UTF-8, UTF-16 or GB18030); save it as UTF-8 or as .xlsx",
    ),
    ("CORRUPT", "nul"): (
        "文本中含空字符，不是有效的 CSV；请另存为 UTF-8 编码的 CSV 或 .xlsx",
        "The text holds NUL characters and is no CSV; save it as UTF-8 or as .xlsx",
    ),
    ("CORRUPT", "quotes"): (
        "CSV 的引号没有配对，请检查后再上传",
        "A quotation mark of the CSV is never closed; check it and upload it again",
    ),
    ("TOO_LARGE", "upload"): (
        "文件超过 {limit} MB，请拆分，或删除图片和多余的工作表",
        "The file is larger than {limit} MB; split it, or delete pictures and unused sheets",
    ),
    ("TOO_LARGE", "rows"): (
        "数据超过 {limit} 行（含空行），请删除多余的行或拆分后再上传",
        "More than {limit} rows (empty ones included); delete what is not needed or split the file",
    ),
    ("TOO_LARGE", "columns"): (
        "数据超过 {limit} 列，请删除多余的列后再上传",
        "More than {limit} columns; delete what is not needed",
    ),
    ("TOO_LARGE", "cells"): (
        "单元格过多（超过 {limit} 个），请清除表格以外的格式，或拆分后再上传",
        "More than {limit} cells; clear what is formatted outside the table, or split the file",
    ),
    ("TOO_LARGE", "sheets"): (
        "工作表超过 {limit} 个，请删除多余的工作表后再上传",
        "More than {limit} sheets; delete those not needed",
    ),
    ("TOO_LARGE", "headings"): (
        "表头过多（超过 {limit} 个单元格），请删除重复的表头后再上传",
        "The sheet repeats its header too often (over {limit} cells); delete the repeated headers",
    ),
    ("TOO_LARGE", "merges"): (
        "合并单元格过多（超过 {limit} 个），请取消多余的合并后再上传",
        "More than {limit} merged cells; unmerge what is not needed",
    ),
    ("TOO_LARGE", "styles"): (
        "单元格样式过多（超过 {limit} 种），请复制到新工作簿后再上传",
        "More than {limit} cell styles; copy the table to a new workbook",
    ),
    ("TOO_LARGE", "comments"): (
        "批注过多（超过 {limit} 条），请删除多余的批注后再上传",
        "More than {limit} comments; delete those not needed",
    ),
    ("TOO_LARGE", "text"): (
        "有单元格的文字超过 {limit} 字，请缩短后再上传",
        "A cell holds more than {limit} characters; shorten it",
    ),
    ("TOO_LARGE", "texts"): (
        "文字总量过大（超过 {limit} 字），请拆分后再上传",
        "More than {limit} characters in all; split the file",
    ),
    ("TOO_LARGE", "time"): (
        "文件读取时间过长，已中止；请拆分，或删除多余的工作表和格式后再上传",
        "Reading took too long and was broken off; split the file, or delete unused sheets and formats",
    ),
    ("TOO_LARGE", "memory"): (
        "读取文件需要的内存过大，已中止；请拆分，或删除多余的工作表和格式后再上传",
        "Reading needs too much memory and was broken off; split the file, or delete unused sheets and formats",
    ),
}
