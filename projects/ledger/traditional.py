"""Traditional characters of the words that ledgers use, and their simplified forms. Pure data.

Only for comparing words (text.folded): what people wrote is stored as they wrote it. Only characters that simplified
writing does not use itself are here, so that no simplified text ever changes.
"""

TRADITIONAL = (
    "佔來侷係倉個備傢傳億儲內兩冊別劃劉動務匯區協吳員問單噹嚮國園圓團報塊孫實審專對導層屬帥幣幫幹庫廠張彆彙復徵態應懲戶掛擬擴數時暫曏書會朮東業榦構標機檯欄歐決沒況準滯濟為燈爭牽狀獎現環"
    "產畝當發監睏碼祕稱積競箇節築簡簽籤糰約紅納紙級終組結絡統經綠線編緩縣總織繫續纍聯職臺與舉華萬葯蓆蓋藥處號術衕補裝裡製複覈見規覽訂計訖訪設訴註証試話說調談請謀證議讓負貨責費資賦質賬購"
    "趙踰較輔轉辦農迴週進遊過達選還郵鄉醫釋鉤銜銷錶鍵鎊鎮鏈長門開間閤關陳階際隸難電韆韓頁頂頃項預領頭題額顏類颱餘馬駐驗體髮麵黃點齣龍"
)
SIMPLIFIED = (
    "占来局系仓个备家传亿储内两册别划刘动务汇区协吴员问单当向国园圆团报块孙实审专对导层属帅币帮干库厂张别汇复征态应惩户挂拟扩数时暂向书会术东业干构标机台栏欧决没况准滞济为灯争牵状奖现环"
    "产亩当发监困码秘称积竞个节筑简签签团约红纳纸级终组结络统经绿线编缓县总织系续累联职台与举华万药席盖药处号术同补装里制复核见规览订计讫访设诉注证试话说调谈请谋证议让负货责费资赋质账购"
    "赵逾较辅转办农回周进游过达选还邮乡医释钩衔销表键镑镇链长门开间合关陈阶际隶难电千韩页顶顷项预领头题额颜类台余马驻验体发面黄点出龙"
)
TO_SIMPLIFIED = str.maketrans(TRADITIONAL + "後", SIMPLIFIED + "后")
